//! Migrations: numbered scripts that are run once, in order, each in its own transaction.

use hansa_model::time::Timestamp;
use sha2::{Digest, Sha256};

use crate::args;
use crate::db::{Db, Tx};
use crate::error::{Result, StoreError};

struct Migration {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "foundation",
        sqlite: include_str!("../migrations/0001_foundation.sql"),
        postgres: include_str!("../migrations/0001_foundation.sql"),
    },
    Migration {
        version: 2,
        name: "append_only",
        sqlite: include_str!("../migrations/0002_append_only.sqlite.sql"),
        postgres: include_str!("../migrations/0002_append_only.postgres.sql"),
    },
    Migration {
        version: 3,
        name: "catalogue_changes",
        sqlite: include_str!("../migrations/0003_catalogue_changes.sql"),
        postgres: include_str!("../migrations/0003_catalogue_changes.sql"),
    },
    Migration {
        version: 4,
        name: "proposals",
        sqlite: include_str!("../migrations/0004_proposals.sql"),
        postgres: include_str!("../migrations/0004_proposals.sql"),
    },
    Migration {
        version: 5,
        name: "trust",
        sqlite: include_str!("../migrations/0005_trust.sql"),
        postgres: include_str!("../migrations/0005_trust.sql"),
    },
    Migration {
        version: 6,
        name: "onboarding",
        sqlite: include_str!("../migrations/0006_onboarding.sql"),
        postgres: include_str!("../migrations/0006_onboarding.sql"),
    },
    Migration {
        version: 7,
        name: "sign_in",
        sqlite: include_str!("../migrations/0007_sign_in.sql"),
        postgres: include_str!("../migrations/0007_sign_in.sql"),
    },
    Migration {
        version: 8,
        name: "operation",
        sqlite: include_str!("../migrations/0008_operation.sql"),
        postgres: include_str!("../migrations/0008_operation.sql"),
    },
    Migration {
        version: 9,
        name: "measured",
        sqlite: include_str!("../migrations/0009_measured.sql"),
        postgres: include_str!("../migrations/0009_measured.sql"),
    },
];

/// Several replicas may start at once: whoever takes this lock first migrates, the others then find it done.
const LOCK: &str = "select pg_advisory_xact_lock(4837261905)";

/// Brings the database to the newest schema; does nothing when it is there.
///
/// # Errors
/// [`StoreError::ForeignMigration`] when the database was changed by something else or by a newer version.
pub async fn run(db: &Db, now: Timestamp) -> Result<()> {
    let mut tx = db.write().await?;
    lock(&mut tx).await?;
    tx.execute(
        "create table if not exists schema_migration \
         (version bigint primary key, name text not null, digest text not null, applied_at bigint not null)",
        args![],
    )
    .await?;
    let known = MIGRATIONS.last().map_or(0, |migration| migration.version);
    let newer = tx.first("select version from schema_migration where version > $1", args![known]).await?;
    if let Some(row) = newer {
        return Err(StoreError::ForeignMigration { version: row.int("version")? });
    }
    for migration in MIGRATIONS {
        let text = match db {
            Db::Lite { .. } => migration.sqlite,
            Db::Pg(_) => migration.postgres,
        };
        let digest = hex::encode(Sha256::digest(text));
        let done = tx.first("select digest from schema_migration where version = $1", args![migration.version]).await?;
        match done {
            Some(row) if row.text("digest")? == digest => {}
            Some(_) => return Err(StoreError::ForeignMigration { version: migration.version }),
            None => {
                tx.script(text).await?;
                tx.execute(
                    "insert into schema_migration (version, name, digest, applied_at) values ($1, $2, $3, $4)",
                    args![migration.version, migration.name, digest, now],
                )
                .await?;
            }
        }
    }
    tx.commit().await
}

async fn lock(tx: &mut Tx) -> Result<()> {
    match tx {
        Tx::Lite(_) => Ok(()),
        Tx::Pg(_) => tx.execute(LOCK, args![]).await.map(|_| ()),
    }
}
