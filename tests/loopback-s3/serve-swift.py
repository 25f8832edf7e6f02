"""OpenStack Swift with its S3 API, all of its servers in one process on loopback, on a folder of its own.

Prints `ready PORT` and serves until its standard input ends.
"""
import os
import sys

folder = os.path.abspath(sys.argv[1])
access, secret, region = sys.argv[2:5]
account, user = access.split(":")
drive = os.path.join(folder, "drives", "d1")
os.makedirs(drive)


def write(name, text):
    with open(os.path.join(folder, name), "w", encoding="utf8") as file:
        file.write(text)


write(
    "swift.conf",
    "[swift-hash]\nswift_hash_path_suffix = loopback\n[storage-policy:0]\nname = one\ndefault = yes\n",
)

import eventlet

eventlet.patcher.monkey_patch(all=False, socket=True, select=True, thread=True)

import eventlet.wsgi
import swift.common.utils as utils

utils.SWIFT_CONF_FILE = os.path.join(folder, "swift.conf")
utils.validate_hash_conf()

import swift.common.storage_policy as policies

policies.SWIFT_CONF_FILE = utils.SWIFT_CONF_FILE
policies.reload_storage_policies()

from swift.common.ring import RingBuilder
from swift.common.wsgi import loadapp

utils.capture_stdio = lambda *_, **__: None

inner = ["account", "container", "object"]
listening = {name: eventlet.listen(("127.0.0.1", 0)) for name in [*inner, "proxy"]}
ports = {name: socket.getsockname()[1] for name, socket in listening.items()}

for name in inner:
    builder = RingBuilder(2, 1, 0)
    builder.add_dev(
        {"region": 1, "zone": 1, "ip": "127.0.0.1", "port": ports[name], "device": "d1", "weight": 1}
    )
    builder.rebalance()
    builder.get_ring().save(os.path.join(folder, name + ".ring.gz"))
    write(
        name + ".conf",
        f"""[DEFAULT]
bind_port = {ports[name]}
devices = {os.path.dirname(drive)}
mount_check = false
swift_dir = {folder}
log_address = /nowhere
[pipeline:main]
pipeline = {name}-server
[app:{name}-server]
use = egg:swift#{name}
""",
    )

# Tokens would be kept in memcached; requests that are signed need none.
write(
    "proxy.conf",
    f"""[DEFAULT]
bind_port = {ports["proxy"]}
swift_dir = {folder}
log_address = /nowhere
[pipeline:main]
pipeline = catch_errors cache s3api tempauth proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:9
[filter:s3api]
use = egg:swift#s3api
location = {region}
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{user} = {secret} .admin
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
""",
)


class Quiet:
    def write(self, *_):
        pass

    def flush(self):
        pass


for name, socket in listening.items():
    app = loadapp(os.path.join(folder, name + ".conf"))
    eventlet.spawn(eventlet.wsgi.server, socket, app, log=Quiet(), debug=False, max_size=1024)

print("ready", ports["proxy"], flush=True)
# Whoever started it has ended, whichever way.
eventlet.tpool.execute(sys.stdin.read)
os._exit(0)
