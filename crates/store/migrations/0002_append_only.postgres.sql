create function hansa_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'this table is append-only';
end;
$$;
create trigger audit_is_append_only before update or delete or truncate on audit
for each statement execute function hansa_append_only();
create trigger posting_is_append_only before update or delete or truncate on posting
for each statement execute function hansa_append_only();
create trigger entry_is_append_only before update or delete or truncate on ledger_entry
for each statement execute function hansa_append_only();
