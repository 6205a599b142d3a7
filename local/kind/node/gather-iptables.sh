# gather-iptables.sh FOLDER: copies iptables with every extension and every library that one of them needs.
# A missing library of an extension shows late: all looks well until the first rule that uses the extension fails, as
# with Services of several endpoints (libxt_statistic wants libm).
target=$1
extensions=$(dirname "$(find /usr/lib -name libxt_statistic.so)")
mkdir -p "$target/usr/sbin" "$target$(dirname "$extensions")" "$target/usr/local/bin" "$target/run" "$target/tmp"
cp /usr/sbin/xtables-nft-multi "$target/usr/sbin/"
cp -a "$extensions" "$target$(dirname "$extensions")/"
for family in iptables ip6tables; do
    for name in "$family" "$family-save" "$family-restore"; do
        ln -s xtables-nft-multi "$target/usr/sbin/$name"
    done
done
for name in kube-apiserver kube-controller-manager kube-scheduler kube-proxy etcd; do
    ln -s kube "$target/usr/local/bin/$name"
done
ldd /usr/sbin/xtables-nft-multi "$extensions"/*.so | grep -o '/[^ ]*\.so\.[0-9]*' | sort -u | while read -r library; do
    install -D -m 755 "$(readlink -f "$library")" "$target$library"
done
