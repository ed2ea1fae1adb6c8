//! Which addresses are public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// To the internet.
    Public,
    /// Into a network of its own: this machine, a local network, a cloud's metadata.
    Private(&'static str),
    /// Nowhere that could answer.
    Nowhere(&'static str),
}

/// Where an address leads, by the registries of special-purpose addresses (RFC 6890 and its updates).
pub(crate) fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) => reach_v6(address),
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    match address.octets() {
        [127, ..] => Reach::Private("it is this machine"),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Reach::Private("it is in a private network"),
        [169, 254, ..] => Reach::Private("it is in a link's own network, where clouds have their metadata"),
        [100, 64..=127, ..] => Reach::Private("it is in a carrier's own network"),
        [198, 18 | 19, ..] => Reach::Private("it is in a network for measurements"),
        [192, 0, 0, _] => Reach::Private("it is reserved for protocols"),
        [0, ..] => Reach::Nowhere("it is not an address"),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Reach::Nowhere("it is for documentation"),
        [192, 88, 99, _] => Reach::Nowhere("it is a relay that is no longer in use"),
        [224..=255, ..] => Reach::Nowhere("it is for many at once, or reserved"),
        _ => Reach::Public,
    }
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        reach_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Reach::Nowhere("it is not an address"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Reach::Private("it is this machine"),
        // Addresses of version 4 in the clothes of version 6: mapped, translated, 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            embedded(high, low)
        }
        [0x64, 0xff9b, ..] => Reach::Private("it is translated in a network of its own"),
        [0xfc00..=0xfdff, ..] => Reach::Private("it is in a private network"),
        [0xfe80..=0xfeff, ..] => Reach::Private("it is in a link's or site's own network"),
        [0xff00..=0xffff, ..] => Reach::Nowhere("it is for many at once"),
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => {
            Reach::Nowhere("it is for tunnels, protocols or documentation")
        }
        [0x2000..=0x3fff, ..] => Reach::Public,
        _ => Reach::Nowhere("it is not given to anybody"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Reach, reach};

    fn of(text: &str) -> Reach {
        reach(text.parse().expect("an address"))
    }

    #[test]
    fn public_addresses() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.1.1",
            "192.169.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "169.253.0.1",
            "126.255.255.255",
            "128.0.0.1",
            "223.255.255.255",
            "192.0.1.1",
            "2606:4700:4700::1111",
            "2a00:1450::1",
            "2001:200::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
        ] {
            assert_eq!(of(text), Reach::Public, "{text}");
        }
    }

    #[test]
    fn private_addresses_in_every_clothing() {
        for text in [
            "127.0.0.1",
            "127.255.255.255",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "198.18.0.1",
            "198.19.255.255",
            "192.0.0.192",
            "::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
        ] {
            assert!(matches!(of(text), Reach::Private(_)), "{text}: {:?}", of(text));
        }
    }

    #[test]
    fn addresses_of_nobody() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "192.0.2.1",
            "198.51.100.1",
            "203.0.113.1",
            "192.88.99.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::2",
            "::127.0.0.1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "100::1",
            "4000::1",
            "3fff::1",
            "::ffff:0.0.0.0",
            "::ffff:224.0.0.1",
        ] {
            assert!(matches!(of(text), Reach::Nowhere(_)), "{text}: {:?}", of(text));
        }
    }
}
