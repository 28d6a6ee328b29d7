// Command bare is a bare net/http server for the checks of the door: a shop to stand behind the gateway, and with
// -tls what the gateway is held against. It prints its address and runs until it is killed.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
)

func main() {
	secure := flag.Bool("tls", false, "serve HTTP/1.1 and HTTP/2 over TLS, with a certificate of its own")
	flag.Parse()
	big := strings.Repeat("0123456789abcdef", 1<<20) // 16 MiB: more than sockets hold for a client that does not read
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/plain")
		if r.URL.Path == "/big" {
			_, _ = io.WriteString(w, big)
			return
		}
		_, _ = io.WriteString(w, "a shop\n")
	}))
	server.EnableHTTP2 = *secure
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if *secure {
		server.StartTLS()
	} else {
		server.Start()
	}
	fmt.Println(server.Listener.Addr())
	select {}
}
