// A shop that tells every string and number Node can read in a request: one line each, place and text in base64.
// It reads each body with body-parser, qs, multer and busboy, and decodes what shop code decodes.
'use strict';
const { Readable } = require('stream');
const vm = require('vm');
const zlib = require('zlib');
const qs = require('qs');
const querystring = require('querystring');
const express = require('express');
const bodyParser = require('body-parser');
const multer = require('multer');
const busboy = require('busboy');
const cookie = require('cookie');

class Telling {
  constructor() { this.lines = new Set(); }
  tell(place, text) {
    if (this.lines.size < 20000) this.lines.add(Buffer.from(place).toString('base64') + ' ' + Buffer.from(text).toString('base64'));
  }
  walk(place, value, depth) {
    if (Buffer.isBuffer(value)) return this.bytes(place, value, depth);
    if (typeof value === 'string') return this.read(place, value, depth);
    if (typeof value === 'number') {
      this.tell(place, String(value));
      if (Number.isFinite(value) && Math.abs(value) < 1e21) this.tell(place, BigInt(Math.trunc(value)).toString());
    } else if (typeof value === 'bigint') this.tell(place, String(value));
    else if (value && typeof value === 'object') {
      for (const name of Object.keys(value)) {
        this.read(place + '#', name, depth - 1);
        this.walk(place + '/' + name, value[name], depth);
      }
    }
  }
  bytes(place, buffer, depth) {
    this.read(place, buffer.toString('utf8'), depth);
    if (buffer.includes(0)) this.read(place + '|utf16le', buffer.toString('utf16le'), depth - 1);
    if (buffer[0] === 0x1f && buffer[1] === 0x8b) {
      try { this.bytes(place + '|gzip', zlib.gunzipSync(buffer, { maxOutputLength: 1 << 20 }), depth - 1); } catch { /* not gzip */ }
    }
  }
  read(place, text, depth) {
    this.tell(place, text);
    if (depth <= 0 || text.length < 12) return;
    const inner = (how, make) => {
      let value;
      try { value = make(); } catch { return; }
      if (value !== undefined && value !== null && value !== text && value !== '') this.walk(place + '|' + how, value, depth - 1);
    };
    if (text.includes('%')) {
      inner('uri', () => decodeURIComponent(text));
      inner('unescape', () => unescape(text));
    }
    if (/[{["]/.test(text)) inner('json', () => JSON.parse(text));
    if (/\\/.test(text)) inner('escapes', () => JSON.parse('"' + text + '"'));
    if (/^[\s({['"]/.test(text) && text.length < 4000) inner('script', () => vm.runInNewContext('(' + text + ')', {}, { timeout: 50 }));
    if (/^[A-Za-z0-9+/_\s-]{14,}={0,2}\s*$/.test(text)) inner('base64', () => Buffer.from(text, 'base64'));
    if (/^data:[^,]*;base64,/.test(text)) inner('datauri', () => Buffer.from(text.slice(text.indexOf(',') + 1), 'base64'));
    if (text.includes('=') && !text.includes('<')) {
      inner('form', () => querystring.parse(text.slice(text.indexOf('?') + 1)));
      inner('qs', () => qs.parse(text.slice(text.indexOf('?') + 1)));
    }
  }
}

// again is the request once more, for a parser that wants to read it from its start.
function again(req, raw, type) {
  const headers = { ...req.headers, 'content-length': String(raw.length) };
  delete headers['transfer-encoding'];
  if (type) headers['content-type'] = type;
  return Object.assign(Readable.from(raw.length ? [raw] : []), { headers, method: req.method, url: req.url });
}

function parsed(parser, req) {
  return new Promise((done) => {
    const timer = setTimeout(() => done(req), parser === upload ? 500 : 5000);
    parser(req, {}, () => { clearTimeout(timer); done(req); });
  });
}

function streamed(telling, req, raw) {
  return new Promise((done) => {
    const timer = setTimeout(done, 500);
    const end = () => { clearTimeout(timer); done(); };
    let reader;
    try { reader = busboy({ headers: req.headers, preservePath: true }); } catch { return end(); }
    reader.on('field', (name, value, info) => {
      telling.read('busboy#', name, 1);
      telling.read('busboy/' + name, value, 3);
      telling.walk('busboy/' + name + '/info', info, 1);
    });
    reader.on('file', (name, file, info) => {
      const chunks = [];
      telling.walk('busboy:' + name + '/info', info, 2);
      file.on('data', (c) => chunks.push(c)).on('close', () => telling.bytes('busboy:' + name, Buffer.concat(chunks), 3));
    });
    reader.on('close', end).on('error', end);
    Readable.from(raw.length ? [raw] : []).pipe(reader);
  });
}

const any = { type: () => true, limit: '20mb' };
const parsers = {
  json: bodyParser.json(any), urlencoded: bodyParser.urlencoded({ extended: true, ...any }),
  simple: bodyParser.urlencoded({ extended: false, ...any }), text: bodyParser.text(any), bytes: bodyParser.raw(any),
};
const upload = multer({ storage: multer.memoryStorage() }).any();

async function tellAll(req, raw) {
  const t = new Telling();
  t.tell('method', req.method);
  t.read('target', req.url, 1);
  try { t.read('path', decodeURIComponent(req.path), 2); } catch { /* not UTF-8 */ }
  t.walk('query', req.query, 3);
  for (let i = 0; i < req.rawHeaders.length; i += 2) t.tell('header#', req.rawHeaders[i].toLowerCase());
  for (const name of Object.keys(req.headers)) t.read('header:' + name, String(req.headers[name]), 2);
  t.walk('cookie', cookie.parse(req.headers.cookie || ''), 3);
  for (const name of Object.keys(parsers)) {
    const q = await parsed(parsers[name], again(req, raw));
    if (q.body) t.walk(name, q.body, 3);
  }
  const q = await parsed(upload, again(req, raw));
  if (q.body) t.walk('multer', q.body, 3);
  for (const f of q.files || []) t.walk('multer:' + f.fieldname, { name: f.originalname, type: f.mimetype, content: f.buffer }, 3);
  await streamed(t, req, raw);
  t.bytes('body', raw, 3);
  return [...t.lines].join('\n') + '\n';
}

// A parser that fails after it was done with a request says so here; the others still tell what they read.
process.on('uncaughtException', () => {});
process.on('unhandledRejection', () => {});

const app = express();
app.disable('x-powered-by');
app.use((req, res) => {
  const chunks = [];
  req.on('data', (c) => chunks.push(c)).on('end', async () => {
    let text;
    try { text = await tellAll(req, Buffer.concat(chunks)); } catch (e) { return res.status(500).send(String(e && e.stack)); }
    res.type('text/plain').send(text);
  });
});
const server = app.listen(0, '127.0.0.1', () => process.stdout.write('port ' + server.address().port + '\n'));
process.stdin.on('end', () => process.exit(0)).resume();
