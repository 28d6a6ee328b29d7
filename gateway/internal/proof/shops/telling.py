"""What the Python shops tell with: each reading once, decoded as shop code would decode it."""
import base64, gzip, html, json, re, urllib.parse
import xml.etree.ElementTree as ET


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

    def answer(self):
        return b"\n".join(self.lines) + b"\n"

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
