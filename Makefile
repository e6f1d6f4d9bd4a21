# make chat   fetch the runtime library, build, and start the conversation
# make test   run every test
# make lint   gofmt, go vet, staticcheck
# make bench  measure, print a table, write build/bench.json
GO ?= go
ARGS ?=
export PENTIMENTO_ONNXRUNTIME ?= $(CURDIR)/build/onnxruntime

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: all build chat test lint bench runtime clean

all: build

build: runtime
	@$(GO) build -trimpath -o bin/pentimento .

chat: build
	@bin/pentimento chat $(ARGS)

test: runtime
	$(GO) test -race ./...

bench: build
	$(GO) run ./tests/bench $(ARGS)

lint:
	@out=$$(gofmt -l .); if [ -n "$$out" ]; then echo "gofmt would change:"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

runtime:
	@sh models/runtime/fetch.sh build/onnxruntime

clean:
	rm -rf bin build
