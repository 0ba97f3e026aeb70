//! The workflow as a whole: its figures against plain SQL, and what it says about bad input.

use std::{fs, path::Path};

use orchestrated::Orchestrator;
use rusqlite::{Connection, params};

use crate::{
    DataAnalytics,
    error::AnalyticsError,
    feeds,
    figures::{self, CountryFigures, Figures},
    join,
    options::Request,
    seeing::Seeing,
    warehouse::Warehouse,
};

/// All figures of a country in one query, over the four sources as tables.
const BY_COUNTRY: &str = "
    SELECT d.country, d.adults,
        (SELECT sum(spend) FROM market m WHERE m.country = d.country),
        (SELECT count(*) FROM users u WHERE u.country = d.country AND u.joined > 0),
        count(e.user), count(DISTINCT e.user),
        count(DISTINCT CASE e.kind WHEN 'buy' THEN e.user END),
        count(CASE e.kind WHEN 'cart' THEN 1 END),
        count(CASE e.kind WHEN 'buy' THEN 1 END),
        coalesce(sum((e.amount * m.rate + 500000) / 1000000), 0)
    FROM demographics d
        JOIN users u ON u.country = d.country
        JOIN events e ON e.user = u.id
        JOIN market m ON m.country = d.country
            AND m.month = CAST(strftime('%m', date('2024-12-31', '+' || e.day || ' days')) AS INTEGER)
    WHERE d.region = ?1
    GROUP BY d.country
    ORDER BY d.country";

/// The revenue of each week of a region.
const BY_WEEK: &str = "
    SELECT (e.day - 1) / 7, sum((e.amount * m.rate + 500000) / 1000000)
    FROM events e
        JOIN users u ON u.id = e.user
        JOIN demographics d ON d.country = u.country
        JOIN market m ON m.country = d.country
            AND m.month = CAST(strftime('%m', date('2024-12-31', '+' || e.day || ' days')) AS INTEGER)
    WHERE d.region = ?1 AND e.kind = 'buy'
    GROUP BY 1";

#[tokio::test]
async fn the_figures_are_those_of_plain_sql() {
    let request = Request::default();
    let warehouse = Warehouse::build(&request.data).await.unwrap();
    let database = with_feeds_as_tables(&warehouse, &request.data);
    let regions = regions(&warehouse, &request.data).await.unwrap();

    let mut events = 0;
    for region in &regions {
        let name = region.region.name();
        let mut query = database.prepare(BY_COUNTRY).unwrap();
        let rows = query.query_map([name], |row| {
            Ok(CountryFigures {
                name: row.get(0)?,
                adults: number(row, 1)?,
                market: number(row, 2)?,
                joined: number(row, 3)?,
                events: number(row, 4)?,
                active: number(row, 5)?,
                buyers: number(row, 6)?,
                carts: number(row, 7)?,
                orders: number(row, 8)?,
                cents: row.get(9)?,
            })
        });
        let countries: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
        assert_eq!(countries.len(), 4, "{name}");
        assert_eq!(region.countries, countries, "{name}");

        let mut weeks = [0; figures::WEEKS];
        let mut query = database.prepare(BY_WEEK).unwrap();
        let rows = query.query_map([name], |row| Ok((number(row, 0)?, row.get(1)?)));
        for row in rows.unwrap() {
            let (week, cents) = row.unwrap();
            weeks[usize::try_from(week).unwrap()] = cents;
        }
        assert_eq!(region.weeks, weeks, "{name}");
        events += region.total().events;
    }
    assert!(events >= 50_000, "{events} events");
}

/// A count, which `SQLite` gives as a signed number.
fn number(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}

/// The same database with the feeds in it, read in another way than the example does.
fn with_feeds_as_tables(warehouse: &Warehouse, data: &Path) -> Connection {
    let database = Connection::open(warehouse.path()).unwrap();
    database
        .execute_batch(
            "CREATE TABLE demographics (country TEXT, region TEXT, adults INTEGER);
             CREATE TABLE market (country TEXT, month INTEGER, spend INTEGER, rate INTEGER);",
        )
        .unwrap();
    for (file, insert) in [
        (
            "demographics.csv",
            "INSERT INTO demographics VALUES (?1, ?2, ?3)",
        ),
        ("market.csv", "INSERT INTO market VALUES (?1, ?2, ?3, ?4)"),
    ] {
        for line in fs::read_to_string(data.join(file)).unwrap().lines().skip(1) {
            let fields = rusqlite::params_from_iter(line.split(','));
            database.execute(insert, fields).unwrap();
        }
    }
    database
}

/// The steps up to the figures, without the workflow around them.
async fn regions(warehouse: &Warehouse, data: &Path) -> Result<[Figures; 3], AnalyticsError> {
    let (americas, asia_pacific, europe) = join::by_region(
        warehouse.users().await?,
        warehouse.events().await?,
        feeds::demographics(data).await?,
        feeds::market(data).await?,
    )
    .await?;
    Ok([
        figures::of(&americas),
        figures::of(&asia_pacific),
        figures::of(&europe),
    ])
}

/// The page that the workflow stores, or its failure with all that it says.
async fn analyse(request: &Request) -> Result<String, String> {
    let warehouse = Warehouse::build(&request.data)
        .await
        .map_err(|error| crate::explained(&error))?;
    let analysis = DataAnalytics {
        warehouse: &warehouse,
        request,
    };
    match analysis.run(&Orchestrator::new()).await {
        Ok(path) => Ok(fs::read_to_string(path).unwrap()),
        Err(failure) => Err(format!("{failure:#}")),
    }
}

#[tokio::test]
async fn the_report_tells_what_the_database_holds() {
    let folder = tempfile::tempdir().unwrap();
    let request = Request {
        out: folder.path().join("out"),
        ..Request::default()
    };
    let page = analyse(&request).await.unwrap();
    let warehouse = Warehouse::build(&request.data).await.unwrap();
    let database = Connection::open(warehouse.path()).unwrap();
    let (events, orders) = database
        .query_row(
            "SELECT count(*), count(amount) FROM events WHERE day <= ?1",
            params![181],
            |row| Ok((number(row, 0)?, number(row, 1)?)),
        )
        .unwrap();
    for part in [
        format!("with {} orders", crate::text::thousands(orders)),
        format!(
            "from {} events in 12 countries.",
            crate::text::thousands(events)
        ),
        "](chart.svg)".to_owned(),
    ] {
        assert!(page.contains(&part), "no `{part}` in:\n{page}");
    }
    let chart = fs::read_to_string(request.out.join("chart.svg")).unwrap();
    assert!(chart.contains("South Korea") && chart.contains("thousand euros"));
}

#[tokio::test]
async fn bad_input_is_named_and_leaves_no_report() {
    let shipped = Request::default().data;
    for (file, change, error) in [
        (
            "users.csv",
            "1,Atlantis,0,9\n",
            "line 2502: it has 4 fields, and the header 3",
        ),
        (
            "events.csv",
            "1,1,buy,-5\n",
            "line 60002: a `buy` needs an `amount` above 0",
        ),
        (
            "demographics.csv",
            "Chad,Africa,1\n",
            "line 14: unknown variant `Africa`",
        ),
        (
            "market.csv",
            "Chad,1,1,1\n",
            "line 74: Chad has no row for month 2",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for name in ["users.csv", "events.csv", "demographics.csv", "market.csv"] {
            let mut text = fs::read_to_string(shipped.join(name)).unwrap();
            if name == file {
                text.push_str(change);
            }
            fs::write(folder.path().join(name), text).unwrap();
        }
        let request = Request {
            data: folder.path().to_path_buf(),
            out: folder.path().join("out"),
            seeing: Seeing::default(),
        };
        let failure = analyse(&request).await.unwrap_err();
        let path = folder.path().join(file);
        for part in [path.display().to_string(), error.to_owned()] {
            assert!(failure.contains(&part), "no `{part}` in: {failure}");
        }
        assert!(!request.out.exists(), "there is a report after: {failure}");
    }
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let request = Request {
        data: folder.path().join("nowhere"),
        out: folder.path().join("out"),
        seeing: Seeing::default(),
    };
    let failure = analyse(&request).await.unwrap_err();
    let path = request.data.join("users.csv").display().to_string();
    assert!(failure.contains(&path), "{failure}");
}

#[test]
fn queries_and_counts_side_by_side() {
    let batches: Vec<Vec<_>> = DataAnalytics::PLAN
        .batches()
        .map(|batch| batch.steps().map(|step| step.name().to_owned()).collect())
        .collect();
    assert_eq!(
        batches,
        [
            vec!["users", "events", "demographics", "market"],
            vec!["join"],
            vec!["americas_figures", "asia_pacific_figures", "europe_figures"],
            vec!["chart"],
            vec!["stored"],
        ]
    );
}
