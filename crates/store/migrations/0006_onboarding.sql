-- What providers say of themselves step by step, and what operators made of it. One row for each provider.
create table onboarding (
    participant_id text primary key references participant (id),
    state text not null,
    answers text not null,
    -- What an operator wants to be put right, by step.
    notes text not null,
    -- The operators who have approved what is submitted.
    approvals text not null,
    -- The evidence that the last submission made, and that of the last approval.
    evidence text not null,
    attestations text not null,
    submitted_at bigint,
    published_at bigint,
    updated_at bigint not null
);
create index onboarding_by_state on onboarding (state, participant_id);
