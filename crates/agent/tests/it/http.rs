//! The agent over real HTTP: enrolment, polling, reporting, its own endpoint, and a tidy end.
