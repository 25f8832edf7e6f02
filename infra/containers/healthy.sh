#!/bin/bash
# Whether Wadjet answers that it is healthy. The image has no curl, and a Node for each check costs 50 MB.
set -eu
port=${WADJET_HTTP##*:}
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$port" >&3
read -r -t 3 _ status _ <&3
[ "$status" = 200 ]
