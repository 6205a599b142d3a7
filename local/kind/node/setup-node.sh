# Runs inside the node image while it is built: links the programs to the names and folders that kind's files use,
# and leaves systemd with nothing to start but the container runtime and the kubelet.
for name in kubelet kubeadm kubectl; do
    ln -s kube "/usr/bin/$name"
done
for name in containerd ctr containerd-shim-runc-v2; do
    ln -s "/usr/bin/$name" "/usr/local/bin/$name"
done
mkdir -p /opt/cni /etc/kubernetes/manifests
ln -s /usr/lib/cni /opt/cni/bin
ln -sf /lib/systemd/systemd /sbin/init
chmod 755 /kind /kind/bin /kind/bin/* /usr/local/bin/entrypoint

rm -f /lib/systemd/system/multi-user.target.wants/* \
    /lib/systemd/system/basic.target.wants/* \
    /lib/systemd/system/local-fs.target.wants/* \
    /lib/systemd/system/sockets.target.wants/*udev* \
    /lib/systemd/system/sockets.target.wants/*initctl* \
    /lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service \
    /etc/systemd/system/*.wants/*
# The kernel's messages are the host's; in a node's log they only mislead.
echo ReadKMsg=no >>/etc/systemd/journald.conf
systemctl enable kubelet.service containerd.service undo-mount-hacks.service
# It would register formats in the host's kernel.
systemctl mask systemd-binfmt.service

# Limits are left to the host: setting one higher than the host's needs a right that may be missing there.
ctr oci spec | jq 'del(.process.rlimits) | .hooks.createContainer += [{path: "/kind/bin/mount-product-files.sh"}]' \
    >/etc/containerd/cri-base.json
