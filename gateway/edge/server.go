package edge

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
)

// maxHeaderBytes bounds a request's line and header fields together; net/http adds 4 KiB of its own.
const maxHeaderBytes = 64 << 10

// How much of bodies, in bytes, an HTTP/2 client may send before a handler reads it.
const (
	windowPerConnection = 1 << 20
	windowPerStream     = 256 << 10
)

// servers makes the two servers. The one over TLS speaks HTTP/1.1 and, if wanted, HTTP/2; the clear one redirects.
func (e *Edge) servers() (secure, clear *http.Server) {
	l := e.door.current()
	secure = e.server(l, e.guarded(e.options.Handler))
	secure.TLSConfig = e.tlsConfig()
	secure.Protocols.SetHTTP2(e.options.Config.Listen.HTTP2)
	secure.HTTP2 = frames(l)
	clear = e.server(l, e.guarded(http.HandlerFunc(e.serveClear)))
	return secure, clear
}

func (e *Edge) server(l limits, h http.Handler) *http.Server {
	s := &http.Server{
		Handler:                      h,
		DisableGeneralOptionsHandler: true, // `OPTIONS *` is answered by the handler, with its headers
		ReadHeaderTimeout:            l.header,
		IdleTimeout:                  l.idle,
		MaxHeaderBytes:               maxHeaderBytes,
		ErrorLog:                     e.errorLog(),
		BaseContext:                  e.context,
		ConnContext:                  rememberConn,
		Protocols:                    new(http.Protocols),
	}
	s.Protocols.SetHTTP1(true)
	return s
}

// frames bounds what one HTTP/2 connection may hold. A peer that sends no whole frame is asked for a ping and cut when none
// comes: it would otherwise hold a half-sent header for as long as it likes. Not sooner, since a ping to an idle phone
// wakes its radio.
func frames(l limits) *http.HTTP2Config {
	return &http.HTTP2Config{
		MaxConcurrentStreams:          128,
		MaxDecoderHeaderTableSize:     4096,
		MaxEncoderHeaderTableSize:     4096,
		MaxReadFrameSize:              16 << 10,
		MaxReceiveBufferPerConnection: windowPerConnection,
		MaxReceiveBufferPerStream:     windowPerStream,
		SendPingTimeout:               3 * l.header,
		PingTimeout:                   l.header,
		WriteByteTimeout:              3 * l.grace,
	}
}

type connKey struct{}

// rememberConn lets a request find its connection. It runs on the accepting goroutine and must not ask for addresses:
// those wait for a PROXY header.
func rememberConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, connOf(c))
}

func connOf(c net.Conn) *conn {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	return c.(*conn) // every listener of ours accepts nothing else
}

// connFrom is the connection a request came over. Every request of these servers has one.
func connFrom(r *http.Request) *conn { return r.Context().Value(connKey{}).(*conn) }

// guarded gives a handler's requests their pace and ends what it panics: the connection, never the process. net/http
// would log a panic's value, and a value can hold what a visitor sent; the place in the program is enough.
func (e *Edge) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v != http.ErrAbortHandler {
				event := e.log.Error().Bytes("stack", debug.Stack())
				if fault, ok := v.(runtime.Error); ok {
					event = event.Str("fault", fault.Error())
				}
				event.Msg("a handler panicked; its connection is cut")
			}
			panic(http.ErrAbortHandler)
		}()
		e.door.settle(connFrom(r))
		e.paced(next).ServeHTTP(w, r)
	})
}
