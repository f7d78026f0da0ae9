"""What `make bench` runs: how fast softmaxlib is beside other libraries, and how much memory it takes."""
