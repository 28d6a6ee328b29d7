"""A shop that tells every string and number Python can read in a request: one line each, place and text in base64."""
import email.parser, email.policy, email.utils, http.cookies, http.server, re, sys, threading, urllib.parse, warnings

from telling import Telling, octets

warnings.simplefilter("ignore")


def parts(telling, head, body):
    """The body read by the mail package, which many a framework builds on."""
    message = email.parser.BytesParser(policy=email.policy.compat32).parsebytes(b"Content-Type: " + octets(head) + b"\r\n\r\n" + body)
    if not message.is_multipart():
        return
    telling.tell("mail/preamble", message.preamble or "")
    telling.tell("mail/epilogue", message.epilogue or "")
    for i, part in enumerate(message.walk()):
        place = f"mail/{i}"
        for name in ("name", "filename"):
            value = part.get_param(name, header="content-disposition")
            if value is not None:
                telling.read(f"{place}/{name}", email.utils.collapse_rfc2231_value(value), 2)
        for name, value in part.items():
            telling.read(f"{place}/{name.lower()}", str(value), 1)
        content = part.get_payload(decode=True)
        if content is not None:
            telling.octets(place + "/content", content, 3)
            charset = part.get_content_charset()
            telling.attempt(place, "charset", lambda: content.decode(charset, "replace"), None, 3)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def log_message(self, *_):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        t = Telling()
        t.tell("method", self.command)
        t.read("target", self.path, 1)
        path, _, query = self.path.partition("?")
        t.read("path", urllib.parse.unquote(path), 2)
        t.attempt("query", "get", lambda: urllib.parse.parse_qsl(query, keep_blank_values=True), None, 4)
        for name, value in self.headers.items():
            t.tell("header#", name.lower())
            t.read("header:" + name.lower(), re.sub(r"\r?\n[ \t]+", " ", value), 2)
        t.attempt("cookie", "get", lambda: [(k, m.value) for k, m in http.cookies.SimpleCookie(self.headers.get("Cookie", "")).items()], None, 4)
        head = self.headers.get("Content-Type", "")
        try:
            if "multipart" in head.lower():
                parts(t, head, body)
        except Exception:
            pass
        charset = re.search(r"charset=\"?([\w-]+)", head, re.I)
        if charset:
            t.attempt("body", "charset", lambda: body.decode(charset.group(1), "replace"), None, 4)
        t.octets("body", body, 3)
        answer = t.answer()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print("port", server.server_address[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
server.serve_forever()
