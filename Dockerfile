# docker build -t pentimento .                 the bot and the worker, on the CPU
# docker build -t pentimento:gpu --target gpu . the same on NVIDIA's GPUs

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=1 go build -trimpath -ldflags="-s -w" -o /pentimento .

# The pinned library, checked by fetch.sh.
FROM node:22-bookworm-slim AS runtime
COPY models/runtime/fetch.sh /fetch.sh
RUN sh /fetch.sh /onnxruntime

# ONNX Runtime's own build for CUDA. It is not taken without the checksum of the
# file that you trust: docker build --build-arg ONNXRUNTIME_GPU_SHA256=…
FROM debian:bookworm-slim AS runtime-gpu
ARG ONNXRUNTIME_GPU_URL=https://github.com/microsoft/onnxruntime/releases/download/v1.30.0/onnxruntime-linux-x64-gpu-1.30.0.tgz
ARG ONNXRUNTIME_GPU_SHA256=
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/*
RUN [ -n "$ONNXRUNTIME_GPU_SHA256" ] || { echo "give --build-arg ONNXRUNTIME_GPU_SHA256=…, the checksum of $ONNXRUNTIME_GPU_URL" >&2; exit 1; } \
 && curl -fsSL "$ONNXRUNTIME_GPU_URL" -o /tmp/onnxruntime.tgz \
 && echo "$ONNXRUNTIME_GPU_SHA256  /tmp/onnxruntime.tgz" | sha256sum -c - \
 && mkdir -p /onnxruntime && tar -xzf /tmp/onnxruntime.tgz -C /tmp \
 && cp -a /tmp/onnxruntime-*/lib/. /onnxruntime/

FROM nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04 AS gpu
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --create-home --home-dir /data pentimento
COPY --from=build /pentimento /usr/local/bin/pentimento
COPY --from=runtime-gpu /onnxruntime /usr/local/lib/onnxruntime
ENV PENTIMENTO_ONNXRUNTIME=/usr/local/lib/onnxruntime PENTIMENTO_DEVICE=cuda HOME=/data
USER pentimento
VOLUME /data
WORKDIR /data
ENTRYPOINT ["pentimento"]
CMD ["serve"]

# The last stage is what a plain docker build makes.
FROM debian:bookworm-slim AS cpu
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --create-home --home-dir /data pentimento
COPY --from=build /pentimento /usr/local/bin/pentimento
COPY --from=runtime /onnxruntime /usr/local/lib/onnxruntime
ENV PENTIMENTO_ONNXRUNTIME=/usr/local/lib/onnxruntime HOME=/data
USER pentimento
VOLUME /data
WORKDIR /data
ENTRYPOINT ["pentimento"]
CMD ["serve"]
