"""Markup that other extensions leave in a page and that does nothing, or says something that is not so."""

import re


def remove(page):
    """Return a page without that markup.

    - Settings and sheet of thebe, which would run code on another host.
    - A canonical address without a host: the site is not published yet.
    - Header cells of tables that have no text: a screen reader would announce an empty header.
    - The roles that make a bibliography a list: its entries do not have the role that such a list needs.
    - The label of a cell that opens by a click: it hides the words that the reader sees from those who hear the page.
    - The id that sphinx-exercise gives to the content of every exercise: an id names one place.
    """
    thebe = r'<script type="text/x-thebe-config">.*?</script>|<script>kernelName = .*?</script>|<link[^>]*thebe[^>]*>'
    page = re.sub(thebe, "", page, flags=re.S)
    page = re.sub(r'\s*<link rel="canonical" href="/[^"]*" ?/?>', "", page)
    page = re.sub(r"<th[^>]*>\s*(&nbsp;)?\s*</th>", "<td></td>", page)
    page = page.replace('<div role="list" class="citation-list">', '<div class="citation-list">')
    page = page.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    return re.sub(r' role="doc-biblioentry"| id="(exercise|solution)-content"', "", page)
