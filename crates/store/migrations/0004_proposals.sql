create table proposal (
    id text primary key,
    order_id text not null references orders (id),
    project_id text not null references project (id),
    application text not null,
    state text not null,
    advice text not null,
    created_at bigint not null,
    updated_at bigint not null
);
create unique index proposal_open_of_order on proposal (order_id) where state = 'open';
create index proposal_by_order on proposal (order_id, id);
create index proposal_by_project on proposal (project_id, id);
