create table evidence (
    id text primary key,
    holder_id text not null references participant (id),
    subject text not null,
    kind text not null,
    issuer text not null,
    strength text not null,
    source text not null,
    credential_id text,
    digest text not null,
    valid_from bigint not null,
    valid_until bigint,
    state text not null,
    status text,
    checked_at bigint,
    next_check bigint,
    claims text not null,
    -- Whether it says anything of who owns what or works for whom.
    ownership boolean not null,
    credential text not null,
    received_at bigint not null,
    unique (holder_id, digest)
);
create index evidence_by_holder on evidence (holder_id, id);
create index evidence_by_subject on evidence (subject, id);
create index evidence_of_ownership on evidence (id) where ownership;
create index evidence_by_issuer on evidence (issuer);
create index evidence_due on evidence (next_check) where next_check is not null;

-- Whom the exchange believes what, beside the participants about themselves.
create table trusted_issuer (
    did text primary key,
    name text not null,
    kinds text not null,
    schemes text not null,
    added_at bigint not null,
    added_by text not null
);

-- The keys that the exchange and its participants sign credentials with. The private half is sealed.
create table issuing_key (
    id text primary key,
    participant_id text references participant (id),
    public_key text not null,
    sealed text not null,
    created_at bigint not null,
    retired_at bigint
);
create index issuing_key_by_participant on issuing_key (participant_id);

-- Credentials that were issued here, each with its place in the status list.
create table issued_credential (
    position bigint primary key,
    id text not null unique,
    issuer text not null,
    kind text not null,
    subject text not null,
    credential text not null,
    issued_at bigint not null,
    revoked_at bigint
);
create index issued_credential_by_subject on issued_credential (subject, position);
insert into counter (name, value) values ('status-list', 0);

-- What rule sets make of participants; one row for each version of a rule set.
create table evaluation (
    participant_id text not null references participant (id),
    rule_set text not null,
    version text not null,
    body text not null,
    evaluated_at bigint not null,
    primary key (participant_id, rule_set, version)
);

-- Who is to be judged anew, and when at the latest.
create table assessment (
    participant_id text primary key references participant (id),
    due_at bigint not null
);
create index assessment_due on assessment (due_at);

-- What is known of a very offer where it differs from its provider's.
alter table offer add column assurance text;
