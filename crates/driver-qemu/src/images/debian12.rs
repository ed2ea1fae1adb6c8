//! Debian 12 with systemd, cloud-init and an SSH server.
