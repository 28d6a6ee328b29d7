# panwall in a container: one static binary, no shell, not root, root file system read-only.
#
#   docker build -t panwall .
#   docker run --read-only --cap-drop ALL -p 443:8443 -p 80:8080 \
#     -v panwall:/var/lib/panwall -v ./configs/container.yaml:/etc/panwall/panwall.yaml:ro \
#     --tmpfs /run/panwall:uid=65532,gid=65532,mode=0750 panwall
#
# 1.26.9 closes two holes in net/http's HTTP/2 server (CVE-2026-97032, CVE-2026-78669): raise it with every patch of Go.
FROM golang:1.26.9-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /panwall ./cmd/panwall \
 && mkdir -p /state/audit /run/panwall && chmod 0700 /state /state/audit

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo
COPY --from=build /panwall /panwall
COPY --from=build --chown=65532:65532 /state /var/lib/panwall
COPY --from=build --chown=65532:65532 /run/panwall /run/panwall
USER 65532:65532
EXPOSE 8443 8080
# Certificates, activated rule sets and the redaction log. panwall refuses to start where this would be lost with the
# container, unless storage says unsafe_ephemeral_storage.
VOLUME /var/lib/panwall
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["/panwall", "health", "--admin", "unix:/run/panwall/admin.sock"]
# Tells panwall that its root file system is an image, so that state there would be lost.
ENV PANWALL_CONTAINER=1
ENTRYPOINT ["/panwall"]
CMD ["serve", "--config", "/etc/panwall/panwall.yaml"]
