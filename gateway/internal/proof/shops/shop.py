"""A shop that tells every string and number Python can read in a request: one line each, place and text in base64."""
import base64, email.parser, email.policy, gzip, html, http.cookies, http.server, json, re, sys, threading, urllib.parse, warnings
import xml.etree.ElementTree as ET

warnings.simplefilter("ignore")


def octets(text):
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape" if not _lone(text) else "replace")


def _lone(text):
    return any(0xD800 <= ord(c) <= 0xDFFF and not 0xDC80 <= ord(c) <= 0xDCFF for c in text)


class Telling:
    def __init__(self):
        self.lines = {}

    def tell(self, place, text):
        if len(self.lines) < 20000:
            self.lines[base64.b64encode(octets(place)) + b" " + base64.b64encode(octets(text))] = True

    def walk(self, place, value, depth):
        if isinstance(value, dict):
            value = list(value.items())
        if isinstance(value, (list, tuple)):
            for i, inner in enumerate(value):
                if isinstance(inner, tuple) and len(inner) == 2 and isinstance(inner[0], str):
                    self.read(place + "#", inner[0], depth - 1)
                    self.walk(place + "/" + inner[0], inner[1], depth)
                else:
                    self.walk(f"{place}/{i}", inner, depth)
        elif isinstance(value, bytes):
            self.octets(place, value, depth)
        elif isinstance(value, str):
            self.read(place, value, depth)
        elif isinstance(value, (int, float)):
            self.tell(place, str(value))
            if isinstance(value, float) and abs(value) < 1e21:
                self.tell(place, str(int(value)))

    def octets(self, place, value, depth):
        self.read(place, value.decode("utf-8", "surrogateescape"), depth)
        if b"\0" in value:
            for charset in ("utf-16-le", "utf-16-be", "utf-32"):
                self.read(f"{place}|{charset}", value.decode(charset, "replace"), depth - 1)
        if value[:2] == b"\x1f\x8b":
            self.attempt(place, "gzip", lambda: gzip.decompress(value), None, depth)

    def attempt(self, place, how, make, same, depth):
        try:
            value = make()
        except Exception:
            return
        if value not in (None, "", b"", same):
            self.walk(f"{place}|{how}", value, depth - 1)

    def read(self, place, text, depth):
        self.tell(place, text)
        if depth <= 0 or len(text) < 12:
            return
        if "%" in text or "+" in text:
            self.attempt(place, "url", lambda: urllib.parse.unquote_plus(text), text, depth)
        if "&" in text:
            self.attempt(place, "html", lambda: html.unescape(text), text, depth)
        if "\\" in text:
            self.attempt(place, "escapes", lambda: json.loads('"' + text + '"', strict=False), text, depth)
        if re.match(r"[\s\ufeff]*[\[{\"]", text):
            self.attempt(place, "json", lambda: documents(text), text, depth)
        if re.fullmatch(r"[A-Za-z0-9+/_\s-]{14,}={0,2}\s*", text):
            self.attempt(place, "base64", lambda: unbase64(text), text, depth)
        if text.startswith("data:") and ";base64," in text:
            self.attempt(place, "uri", lambda: unbase64(text.split(",", 1)[1]), text, depth)
        if "=" in text and "<" not in text:
            self.attempt(place, "form", lambda: urllib.parse.parse_qsl(text.split("?", 1)[-1], keep_blank_values=True), text, depth)
        if re.match(r"[\s\ufeff]*<", text):
            self.attempt(place, "xml", lambda: tree(ET.fromstring(octets(text))), text, depth)


def unbase64(text):
    text = text.replace("-", "+").replace("_", "/")
    return base64.b64decode(text + "=" * (-len(re.sub(r"[\s=]", "", text)) % 4))


def documents(text):
    """Every document of a text that holds one or more, each with every value of a duplicate name."""
    decoder, at, found = json.JSONDecoder(strict=False, object_pairs_hook=list), 0, []
    text = text.lstrip("\ufeff")
    while at < len(text):
        at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n,\x1e"))
        if at >= len(text):
            break
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            break
        found.append(value)
    return found


def tree(element):
    inner = [("tag", element.tag), ("text", element.text or ""), ("tail", element.tail or ""), ("all", "".join(element.itertext()))]
    return inner + [("@" + k, v) for k, v in element.attrib.items()] + [("child", tree(c)) for c in element]


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
        answer = b"\n".join(t.lines) + b"\n"
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
