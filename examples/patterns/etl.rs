//! ETL: extract from several sources at the same time, transform what they gave, load the result.
//!
//! Use it when data has to get from where it arises to where it is asked for. The load is the only step with an effect, so
//! it is the one that says how it is undone.
//!
//! ```text
//! cargo run --example etl
//! ```
//!
//! This one takes orders from CSV, refunds from JSON and products from `SQLite`, and loads the sales of each category into
//! a warehouse. Then it compares the sums, and takes the load back when they differ.

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::{collections::BTreeMap, path::Path};

use orchestrated::{Failure, Orchestrator, workflow};
use rusqlite::Connection;
use serde::Deserialize;
use tokio::fs;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// What was paid for an order; or paid back, where the product is not told again.
#[derive(Debug, Deserialize)]
struct Paid {
    order: u32,
    #[serde(default)]
    product: String,
    cents: i64,
}

workflow! {
    /// Loads what was sold, and gives the number of the load.
    workflow Sales(shop: &Path, warehouse: &Path) -> Result<i64, Error> {
        tool fn orders(shop) -> Result<Vec<Paid>, Error> {
            let text = fs::read(shop.join("orders.csv")).await?;
            let rows = csv::Reader::from_reader(&*text).into_deserialize().collect::<Result<_, _>>();
            rows.map_err(|error| format!("orders.csv: {error}").into())
        }

        tool fn refunds(shop) -> Result<Vec<Paid>, Error> {
            let text = fs::read(shop.join("refunds.json")).await?;
            serde_json::from_slice(&text).map_err(|error| format!("refunds.json: {error}").into())
        }

        /// The category of each product.
        tool fn categories(shop) -> Result<BTreeMap<String, String>, Error> {
            on(&shop.join("shop.sqlite"), |shop| {
                let mut products = shop.prepare("SELECT name, category FROM products")?;
                products.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
            }).await
        }

        /// Cents a category, less what was paid back.
        fn sales(orders, refunds, categories) -> Result<BTreeMap<String, i64>, Error> {
            let mut sales = BTreeMap::new();
            for Paid { order, product, cents } in orders {
                let unknown = || format!("order {order}: there is no product `{product}`");
                let category = categories.get(product).ok_or_else(unknown)?.clone();
                let back = refunds.iter().filter(|refund| refund.order == *order);
                *sales.entry(category).or_default() += cents - sum(back);
            }
            Ok(sales)
        }

        /// All rows or none.
        #[rollback({
            let load = *loaded;
            on(warehouse, move |warehouse| warehouse.execute("DELETE FROM sales WHERE load = ?", [load])).await
        })]
        tool fn loaded(warehouse, sales) -> Result<i64, Error> {
            let sales = sales.clone();
            on(warehouse, move |warehouse| {
                let load = warehouse.transaction()?;
                let number = load.query_row("SELECT coalesce(max(load), 0) + 1 FROM sales", [], |row| row.get(0))?;
                for (category, cents) in sales {
                    load.execute("INSERT INTO sales VALUES (?, ?, ?)", (number, category, cents))?;
                }
                load.commit()?;
                Ok(number)
            }).await
        }

        /// Whatever happened on the way: what is there must be what the sources say.
        tool fn reconciled(warehouse, orders, refunds, loaded) -> Result<(), Error> {
            let query = "SELECT coalesce(sum(cents), 0) FROM sales WHERE load = ?";
            let load = *loaded;
            let there: i64 = on(warehouse, move |warehouse| warehouse.query_row(query, [load], |row| row.get(0))).await?;
            let expected = sum(orders) - sum(refunds);
            if there == expected { return Ok(()) }
            Err(format!("{there} cents are loaded, and the sources say {expected}").into())
        }

        Ok(loaded)
    }
}

fn sum<'p>(paid: impl IntoIterator<Item = &'p Paid>) -> i64 {
    paid.into_iter().map(|paid| paid.cents).sum()
}

/// Works on a database. That holds a thread, so it has one of its own.
async fn on<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let path = path.to_path_buf();
    let done = tokio::task::spawn_blocking(move || work(&mut Connection::open(path)?));
    Ok(done.await??)
}

const TABLES: &str = "
    CREATE TABLE products (name TEXT, category TEXT) STRICT;
    INSERT INTO products VALUES ('lamp', 'light'), ('rope', 'deck');
    CREATE TABLE sales (load INTEGER, category TEXT, cents INTEGER) STRICT;";
const ORDERS: &str = "order,product,cents\n1,lamp,4200\n2,rope,900\n";

/// A shop, in a folder that goes away. Its database is the warehouse too.
async fn shop(orders: &str, refunds: &str) -> Result<tempfile::TempDir, Error> {
    let shop = tempfile::tempdir()?;
    fs::write(shop.path().join("orders.csv"), orders).await?;
    fs::write(shop.path().join("refunds.json"), refunds).await?;
    let database = shop.path().join("shop.sqlite");
    on(&database, |shop| shop.execute_batch(TABLES)).await?;
    Ok(shop)
}

async fn load(shop: &Path) -> Result<i64, Failure<Error>> {
    let warehouse = &shop.join("shop.sqlite");
    Sales { shop, warehouse }.run(&Orchestrator::new()).await
}

/// All that is loaded, as a text.
async fn loaded(shop: &Path) -> Result<String, Error> {
    let query = "SELECT coalesce(group_concat(category || ' ' || cents, ', '), '') FROM sales";
    let all = move |shop: &mut Connection| shop.query_row(query, [], |row| row.get(0));
    on(&shop.join("shop.sqlite"), all).await
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    println!("{}\n", Sales::PLAN);
    let shop = shop(ORDERS, r#"[{"order": 1, "cents": 200}]"#).await?;
    let number = load(shop.path()).await?;
    println!("load {number}: {}", loaded(shop.path()).await?);
    Ok(())
}

/// What the book draws.
#[cfg(test)]
pub(crate) const PLAN: &orchestrated::plan::Plan = Sales::PLAN;

#[cfg(test)]
mod tests {
    use super::*;

    /// What is loaded afterwards, and why the load has failed.
    async fn run(orders: &str, refunds: &str) -> (String, Option<String>) {
        let shop = shop(orders, refunds).await.unwrap();
        let failed = load(shop.path()).await.err();
        let failed = failed.map(|failure| format!("{failure:#}"));
        (loaded(shop.path()).await.unwrap(), failed)
    }

    #[tokio::test]
    async fn loads_what_the_three_sources_say() {
        let (rows, failed) = run(ORDERS, r#"[{"order": 1, "cents": 200}]"#).await;
        assert_eq!(failed, None);
        assert_eq!(rows, "deck 900, light 4000");
        assert_eq!(Sales::PLAN.batch(0).steps().count(), 3);
    }

    #[tokio::test]
    async fn what_cannot_be_transformed_is_named_and_what_does_not_add_up_is_undone() {
        let (rows, failed) = run("order,product,cents\n7,sail,1\n", "[]").await;
        let failed = failed.unwrap();
        assert!(failed.contains("order 7: there is no product `sail`"));
        assert_eq!(rows, "");

        // A refund of what nobody has ordered.
        let (rows, failed) = run(ORDERS, r#"[{"order": 9, "cents": 100}]"#).await;
        let failed = failed.unwrap();
        assert!(failed.contains("5100 cents are loaded, and the sources say 5000"));
        assert!(failed.ends_with("step `loaded` of workflow `Sales` is undone"));
        assert_eq!(rows, "");
    }
}
