"""A server for static files that behaves like the hosts of websites."""

import contextlib
import http.server
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

from tests.site.pages import BASE

MOUNT = "/some/where/"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder below MOUNT, and its 404.html in place of what is not there.

    The folder is also below the path of `html_baseurl`, because 404.html leads there from wherever it is shown. That
    the other pages do not is a rule of test_links.py.
    """

    def translate_path(self, path):
        mount = MOUNT if path.startswith(MOUNT) else urlsplit(BASE).path
        return super().translate_path(path.removeprefix(mount))

    def send_error(self, code, message=None, explain=None):
        lost = Path(self.directory, "404.html")
        body = lost.read_bytes() if lost.exists() else b"not found"
        self.send_response(code, message)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_headers(self):
        """Let files be kept for a while, as hosts of static pages do."""
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, *args):
        pass


if sys.platform == "win32":
    # The registry of Windows may call a script text/plain, which a browser refuses to run.
    Handler.extensions_map = {**Handler.extensions_map, ".js": "text/javascript", ".css": "text/css"}


@contextlib.contextmanager
def serve(folder):
    """Serve a folder, and yield its address, which ends with a slash."""

    def handler(*args):
        # A browser that leaves a page early closes the connection.
        with contextlib.suppress(ConnectionError):
            Handler(*args, directory=folder)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{MOUNT}"
        server.shutdown()
        thread.join()
