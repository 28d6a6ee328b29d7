"""A shop that tells every string and number Flask and Django can read in a request. Flask serves; Django, where it is
installed, is shown the same environment."""
import io, sys, threading, warnings

warnings.simplefilter("ignore")

import flask
import werkzeug.serving

from telling import Telling

try:
    import django
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIRequest

    settings.configure(ALLOWED_HOSTS=["*"], DATA_UPLOAD_MAX_MEMORY_SIZE=None, DATA_UPLOAD_MAX_NUMBER_FIELDS=None)
    django.setup()
except ImportError:
    WSGIRequest = None

app = flask.Flask("shop", static_folder=None)


@app.before_request
def tell():
    request, t = flask.request, Telling()
    environ = request.environ
    raw = environ["wsgi.input"].read(request.content_length or 0)
    environ["wsgi.input"] = io.BytesIO(raw)
    t.tell("method", request.method)
    t.read("path", request.path, 2)
    for name, value in request.headers.items():
        t.tell("header#", name.lower())
        t.read("header:" + name.lower(), value, 2)
    parsed(t, "flask.query", lambda: fields(request.args))
    parsed(t, "flask.cookie", lambda: fields(request.cookies))
    parsed(t, "flask.form", lambda: fields(request.form))
    parsed(t, "flask.files", lambda: uploads(request.files))
    parsed(t, "flask.user", lambda: dict(request.authorization or {}))
    t.octets("body", raw, 3)
    environ["wsgi.input"] = io.BytesIO(raw)
    if WSGIRequest:
        other(t, environ)
    return flask.Response(t.answer(), content_type="text/plain")


def other(t, environ):
    """What Django reads in the same request."""
    try:
        request = WSGIRequest(environ)
    except Exception:
        return
    parsed(t, "django.path", lambda: request.path_info)
    parsed(t, "django.query", lambda: fields(request.GET))
    parsed(t, "django.cookie", lambda: list(request.COOKIES.items()))
    parsed(t, "django.form", lambda: fields(request.POST))
    parsed(t, "django.files", lambda: uploads(request.FILES))


def parsed(t, place, make):
    """What a framework's own parser makes; one that refuses tells nothing."""
    try:
        value = make()
    except Exception:
        return
    t.walk(place, value, 3)


def fields(many):
    """Every value of every name."""
    lists = many.lists() if hasattr(many, "lists") else ((k, [v]) for k, v in many.items())
    return [(name, value) for name, values in lists for value in values]


def uploads(many):
    return [(name, [("name", f.filename if hasattr(f, "filename") else f.name), ("type", f.content_type or ""), ("content", f.read())])
            for name, f in fields(many)]


server = werkzeug.serving.make_server("127.0.0.1", 0, app, threaded=True)
server.daemon_threads = True
werkzeug.serving.WSGIRequestHandler.log = lambda *_: None
print("port", server.server_port, flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
server.serve_forever()
