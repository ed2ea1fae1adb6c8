//! The program as its users meet it: run as a process, against an exchange of its own.

mod against_an_exchange;
mod command_tree;
mod consoles;
mod killed_agent;
mod mistakes;
mod new_agent;
mod offline;
mod packs;
mod people;
mod program;
mod proposals;
