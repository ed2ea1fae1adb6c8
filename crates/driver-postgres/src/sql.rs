//! Statements that have no place for parameters, such as `CREATE ROLE`: the server itself quotes what goes in.

use sqlx::{AssertSqlSafe, PgConnection};

/// Runs the statements of `template`, all or nothing. The server's function `format` puts the parts in: `%1$I` is
/// the first as an identifier, `%1$L` as a literal.
pub(crate) async fn run(
    connection: &mut PgConnection,
    template: &'static str,
    parts: &[&str],
) -> Result<(), sqlx::Error> {
    let statements: String = sqlx::query_scalar("select format($1, variadic $2)")
        .bind(template)
        .bind(parts)
        .fetch_one(&mut *connection)
        .await?;
    // Safe: nothing but the server's own quoting went into the template.
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(connection).await?;
    Ok(())
}
