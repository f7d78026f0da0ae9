"""What only the book needs: the running example, data, figures, charts with sliders, and the checks of the exercises.

Each module is imported on demand; some need Matplotlib, Altair or scikit-learn.
"""
