"""The rules of test_pages.py on a phone; a file of its own, so that two workers share the pages."""

from tests.site.test_pages import Rules


class TestPhone(Rules):
    """A narrow window."""

    WIDTH, HEIGHT = 390, 844
