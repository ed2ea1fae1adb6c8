create trigger audit_is_append_only_update before update on audit
begin select raise(abort, 'the audit log is append-only'); end;
create trigger audit_is_append_only_delete before delete on audit
begin select raise(abort, 'the audit log is append-only'); end;
create trigger posting_is_append_only_update before update on posting
begin select raise(abort, 'the ledger is append-only'); end;
create trigger posting_is_append_only_delete before delete on posting
begin select raise(abort, 'the ledger is append-only'); end;
create trigger entry_is_append_only_update before update on ledger_entry
begin select raise(abort, 'the ledger is append-only'); end;
create trigger entry_is_append_only_delete before delete on ledger_entry
begin select raise(abort, 'the ledger is append-only'); end;
