"""The marks on SciPy's own tests, which pytest knows only where SciPy is tested itself."""


def pytest_configure(config):
    for mark in ("array_api_backends", "skip_xp_backends", "xfail_xp_backends", "uses_xp_capabilities"):
        config.addinivalue_line("markers", f"{mark}: of SciPy")
