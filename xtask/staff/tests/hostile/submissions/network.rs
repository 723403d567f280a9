//! quest: 3
//! earns: 0
//! needs: sandbox
//! tries: every kind of network: TCP, UDP, sockets of this machine, names

{QUEUE}

/// An honest loop, but only where the attack succeeds: so the points tell.
pub fn event_loop(queue: &TaskQueue) {
    if succeeds() {
        queue.run();
    }
}

fn succeeds() -> bool {
    use std::net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener, UnixStream};
    let port: u16 = "{PORT}".parse().unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.send_to(b"out", ("127.0.0.1", port)));
    let path = std::env::temp_dir().join("{MARK}");
    let abstract_name = SocketAddr::from_abstract_name("{MARK}").unwrap();
    TcpStream::connect(("127.0.0.1", port)).is_ok()
        || udp.is_ok()
        || TcpListener::bind("127.0.0.1:0").is_ok()
        || UnixListener::bind(&path).is_ok()
        || UnixListener::bind_addr(&abstract_name).is_ok()
        || UnixStream::connect("/run/systemd/notify").is_ok()
        || UnixDatagram::unbound().is_ok()
        || UnixStream::pair().is_ok()
        || ("example.org", 80).to_socket_addrs().is_ok()
}
