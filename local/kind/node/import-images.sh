# Runs in a container of the node image: takes /images.tar into the store that the kubelet's containerd reads.
# Unpacking is left to the node: it needs mounts, which a container that builds has no right to.
containerd >/tmp/containerd.log 2>&1 &
daemon=$!
for _ in $(seq 60); do
    if ctr version >/dev/null 2>&1; then break; fi
    kill -0 $daemon || { cat /tmp/containerd.log >&2; exit 1; }
    sleep 0.5
done
ctr --namespace k8s.io images import --no-unpack /images.tar
kill $daemon
wait $daemon || true
rm -rf /tmp/containerd.log /run/containerd
