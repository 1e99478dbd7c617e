# One binary on a small base. SQLite needs a C compiler to build and libc to run.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /quotewright ./cmd/quotewright

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates tzdata \
 && rm -rf /var/lib/apt/lists/* && useradd --system --create-home --home-dir /var/lib/quotewright quotewright
COPY --from=build /quotewright /usr/local/bin/quotewright
USER quotewright
VOLUME /var/lib/quotewright
EXPOSE 8080
ENTRYPOINT ["quotewright"]
CMD ["serve", "--config", "/etc/quotewright/quotewright.yaml"]
