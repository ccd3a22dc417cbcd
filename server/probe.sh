#!/bin/bash
# Whether the room of this container answers: asked where it listens, and as it speaks there. Without TLS no Node process is started for
# a question, which would cost more than that.
path=${1:-/healthz}
port=${OPERATIONS_PORT:-${PORT:-3000}}
if [[ -z $OPERATIONS_PORT && -n $TLS_CERT ]]; then
  # Its certificate names the address of browsers, not this one; when it ends is told by a metric.
  exec node -e 'require("node:https")
    .get({ host: "127.0.0.1", port: process.argv[1], path: process.argv[2], rejectUnauthorized: false, timeout: 4000 }, (response) =>
      process.exit(response.statusCode === 200 ? 0 : 1))
    .on("timeout", () => process.exit(1))
    .on("error", () => process.exit(1))' "$port" "$path"
fi
exec 3<>"/dev/tcp/127.0.0.1/$port" && printf 'GET %s HTTP/1.0\r\n\r\n' "$path" >&3 && read -r _ status _ <&3 && ((status == 200))
