//! The shop's database: `SQLite`, made anew from the data files at each start.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params};
use serde::Deserialize;

use crate::{
    error::{AnalyticsError, blocking},
    rows::{Row, broken_row, read},
};

const SCHEMA: &str = "
    CREATE TABLE users (
        id      INTEGER PRIMARY KEY,
        country TEXT    NOT NULL,
        joined  INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE events (
        user    INTEGER NOT NULL REFERENCES users (id),
        day     INTEGER NOT NULL,
        kind    TEXT    NOT NULL,
        amount  INTEGER
    ) STRICT;
";

/// The last day of the half-year.
pub(crate) const LAST_DAY: u16 = 181;

/// Somebody with an account.
#[derive(Debug, Deserialize)]
pub(crate) struct User {
    /// The number of the account.
    pub(crate) id: i64,
    /// Where the user lives.
    pub(crate) country: String,
    /// The day of the half-year on which the account was opened, or 0 for those before it.
    pub(crate) joined: u16,
}

/// Something that a user did.
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    /// The number of the user.
    pub(crate) user: i64,
    /// The day of the half-year, from 1.
    pub(crate) day: u16,
    /// What was done.
    pub(crate) kind: Kind,
    /// What was paid, in the smallest unit of the user's currency.
    pub(crate) amount: Option<i64>,
}

/// What a user can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    View,
    Cart,
    Buy,
}

impl Kind {
    const NAMED: [(&str, Self); 3] = [
        ("view", Self::View),
        ("cart", Self::Cart),
        ("buy", Self::Buy),
    ];

    fn name(self) -> &'static str {
        let named = Self::NAMED.iter().find(|(_, kind)| *kind == self);
        named.map_or("", |(name, _)| name)
    }
}

/// A database on disk, which goes away with this.
#[derive(Debug)]
pub(crate) struct Warehouse {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Warehouse {
    /// Makes the database from `users.csv` and `events.csv` in a folder.
    pub(crate) async fn build(data: &Path) -> Result<Self, AnalyticsError> {
        let users = data.join("users.csv");
        let events = data.join("events.csv");
        blocking("build", move || {
            let folder = tempfile::tempdir().map_err(AnalyticsError::Folder)?;
            let path = folder.path().join("shop.sqlite");
            let mut database = Connection::open(&path).map_err(refused("be made"))?;
            database
                .execute_batch(SCHEMA)
                .map_err(refused("make its tables"))?;
            fill(&mut database, &users, &events)?;
            Ok(Self {
                path,
                _folder: folder,
            })
        })
        .await
    }

    /// All users.
    pub(crate) async fn users(&self) -> Result<Vec<User>, AnalyticsError> {
        self.query(
            "list the users",
            "SELECT id, country, joined FROM users",
            |row| {
                Ok(User {
                    id: row.get(0)?,
                    country: row.get(1)?,
                    joined: row.get(2)?,
                })
            },
        )
        .await
    }

    /// All events.
    pub(crate) async fn events(&self) -> Result<Vec<Event>, AnalyticsError> {
        self.query(
            "list the events",
            "SELECT user, day, kind, amount FROM events",
            |row| {
                let name: String = row.get(2)?;
                let named = Kind::NAMED.iter().find(|(known, _)| *known == name);
                let (_, kind) = named.ok_or(rusqlite::Error::InvalidQuery)?;
                Ok(Event {
                    user: row.get(0)?,
                    day: row.get(1)?,
                    kind: *kind,
                    amount: row.get(3)?,
                })
            },
        )
        .await
    }

    /// Runs a query on a connection and a thread of its own, so that several run side by side.
    async fn query<T: Send + 'static>(
        &self,
        what: &'static str,
        sql: &'static str,
        read: fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, AnalyticsError> {
        let path = self.path.clone();
        blocking(what, move || {
            let rows = || {
                let database =
                    Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
                let mut query = database.prepare(sql)?;
                query
                    .query_map([], read)?
                    .collect::<rusqlite::Result<Vec<_>>>()
            };
            rows().map_err(refused(what))
        })
        .await
    }

    /// Where the database is.
    #[cfg(test)]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Fills the tables, all of it or, at the first broken row, nothing.
fn fill(database: &mut Connection, users: &Path, events: &Path) -> Result<(), AnalyticsError> {
    let filling = refused("take the data in");
    let transaction = database.transaction().map_err(&filling)?;
    {
        let mut insert = transaction
            .prepare("INSERT INTO users VALUES (?1, ?2, ?3)")
            .map_err(&filling)?;
        let rows = read(users, &["id", "country", "joined"], |user: &User| {
            within("joined", user.joined, 0)
        })?;
        for Row { line, value: user } in rows {
            insert
                .execute(params![user.id, user.country, user.joined])
                .map_err(|error| rejected(users, line, &error))?;
        }
        let mut insert = transaction
            .prepare("INSERT INTO events VALUES (?1, ?2, ?3, ?4)")
            .map_err(&filling)?;
        let header = ["user", "day", "kind", "amount"];
        for Row { line, value: event } in read(events, &header, good_event)? {
            insert
                .execute(params![
                    event.user,
                    event.day,
                    event.kind.name(),
                    event.amount
                ])
                .map_err(|error| rejected(events, line, &error))?;
        }
    }
    transaction.commit().map_err(filling)
}

fn good_event(event: &Event) -> Result<(), String> {
    within("day", event.day, 1)?;
    match (event.kind, event.amount) {
        (Kind::Buy, Some(1..)) | (Kind::View | Kind::Cart, None) => Ok(()),
        (Kind::Buy, _) => Err("a `buy` needs an `amount` above 0".to_owned()),
        (_, Some(_)) => Err("only a `buy` has an `amount`".to_owned()),
    }
}

fn within(field: &str, day: u16, first: u16) -> Result<(), String> {
    if (first..=LAST_DAY).contains(&day) {
        Ok(())
    } else {
        Err(format!(
            "field `{field}`: {day} is not within {first} to {LAST_DAY}"
        ))
    }
}

fn refused(what: &'static str) -> impl Fn(rusqlite::Error) -> AnalyticsError {
    move |source| AnalyticsError::Database { what, source }
}

/// A row that the database does not take: a number given twice, a user who does not exist.
fn rejected(path: &Path, line: u64, error: &rusqlite::Error) -> AnalyticsError {
    broken_row(path, line, format!("the database rejects it: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn build(users: &str, events: &str) -> Result<Warehouse, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("users.csv"),
            format!("id,country,joined\n{users}"),
        )
        .unwrap();
        std::fs::write(
            folder.path().join("events.csv"),
            format!("user,day,kind,amount\n{events}"),
        )
        .unwrap();
        let place = format!("{}/", folder.path().display());
        let built = Warehouse::build(folder.path()).await;
        built.map_err(|error| error.to_string().replace(&place, ""))
    }

    #[tokio::test]
    async fn gives_back_what_it_was_made_from() {
        let warehouse = build("7,Peru,0\n8,Chad,12\n", "8,13,buy,250\n7,1,view,\n")
            .await
            .unwrap();
        let users = warehouse.users().await.unwrap();
        assert_eq!(users.len(), 2);
        assert_eq!((users[1].country.as_str(), users[1].joined), ("Chad", 12));
        let events = warehouse.events().await.unwrap();
        assert_eq!((events[0].kind, events[0].amount), (Kind::Buy, Some(250)));
        assert_eq!((events[1].kind, events[1].amount), (Kind::View, None));
    }

    #[tokio::test]
    async fn names_the_row_that_is_broken() {
        let user = "7,Peru,0\n";
        for (users, events, error) in [
            (
                "7,Peru,0\n7,Chad,0\n",
                "",
                "`users.csv`, line 3: the database rejects it: UNIQUE constraint failed: users.id",
            ),
            (
                "x,Peru,0\n",
                "",
                "`users.csv`, line 2: field `id`: invalid digit found in string",
            ),
            (
                "7,Peru,182\n",
                "",
                "`users.csv`, line 2: field `joined`: 182 is not within 0 to 181",
            ),
            (
                user,
                "7,1,view,\n9,1,view,\n",
                "`events.csv`, line 3: the database rejects it: FOREIGN KEY constraint failed",
            ),
            (
                user,
                "7,0,view,\n",
                "`events.csv`, line 2: field `day`: 0 is not within 1 to 181",
            ),
            (
                user,
                "7,1,buy,\n",
                "`events.csv`, line 2: a `buy` needs an `amount` above 0",
            ),
            (
                user,
                "7,1,view,5\n",
                "`events.csv`, line 2: only a `buy` has an `amount`",
            ),
            (
                user,
                "7,1,view\n",
                "`events.csv`, line 2: it has 3 fields, and the header 4",
            ),
        ] {
            assert_eq!(build(users, events).await.unwrap_err(), error);
        }
        let error = build(user, "7,1,steal,\n").await.unwrap_err();
        assert!(error.starts_with("`events.csv`, line 2: "), "{error}");
        assert!(error.contains("steal"), "{error}");
    }
}
