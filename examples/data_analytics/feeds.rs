//! What others tell about the countries: who lives there, and what the market is worth.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use crate::{
    error::{AnalyticsError, blocking},
    rows::{broken_row, read},
};

/// The months of the half-year.
pub(crate) const MONTHS: usize = 6;

/// A part of the world that is analysed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) enum Region {
    Americas,
    #[serde(rename = "Asia-Pacific")]
    AsiaPacific,
    Europe,
}

impl Region {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Americas => "Americas",
            Self::AsiaPacific => "Asia-Pacific",
            Self::Europe => "Europe",
        }
    }
}

/// Who lives in a country.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Population {
    country: String,
    /// The region that the country belongs to.
    pub(crate) region: Region,
    /// The adults who are online, in thousands.
    #[serde(rename = "adults_online_thousands")]
    pub(crate) adults: u64,
}

/// What the market of a country is worth, month by month.
#[derive(Debug, Clone, Default)]
pub(crate) struct Market {
    /// What is spent in each month, in thousands of euros.
    pub(crate) spend: [u64; MONTHS],
    /// What the smallest unit of the currency is worth in each month, in millionths of a euro cent.
    pub(crate) rate: [i64; MONTHS],
}

/// The population by country.
pub(crate) type Demographics = BTreeMap<String, Population>;

/// The market by country.
pub(crate) type Markets = BTreeMap<String, Market>;

/// Reads `demographics.csv` in a folder.
pub(crate) async fn demographics(data: &Path) -> Result<Demographics, AnalyticsError> {
    let path = data.join("demographics.csv");
    blocking("demographics", move || {
        let header = ["country", "region", "adults_online_thousands"];
        let mut countries = Demographics::new();
        for row in read(&path, &header, |row: &Population| match row.adults {
            0 => Err("nobody is online".to_owned()),
            _ => Ok(()),
        })? {
            let name = row.value.country.clone();
            if countries.insert(name.clone(), row.value).is_some() {
                let reason = format!("{name} has a row already");
                return Err(broken_row(&path, row.line, reason));
            }
        }
        Ok(countries)
    })
    .await
}

#[derive(Debug, Deserialize)]
struct MarketRow {
    country: String,
    month: usize,
    spend_thousand_euros: u64,
    microcents_per_unit: i64,
}

/// Reads `market.csv` in a folder, which has a row for each country and month.
pub(crate) async fn market(data: &Path) -> Result<Markets, AnalyticsError> {
    let path = data.join("market.csv");
    blocking("market", move || {
        let header = [
            "country",
            "month",
            "spend_thousand_euros",
            "microcents_per_unit",
        ];
        let mut countries = Markets::new();
        let mut last = 1;
        for row in read(&path, &header, good_market)? {
            last = row.line;
            let MarketRow {
                country,
                month,
                spend_thousand_euros,
                microcents_per_unit,
            } = row.value;
            let reason = format!("{country} has a row for month {month} already");
            let market = countries.entry(country).or_default();
            if market.spend[month - 1] != 0 {
                return Err(broken_row(&path, row.line, reason));
            }
            market.spend[month - 1] = spend_thousand_euros;
            market.rate[month - 1] = microcents_per_unit;
        }
        for (country, market) in &countries {
            if let Some(month) = market.spend.iter().position(|spend| *spend == 0) {
                let reason = format!("{country} has no row for month {}", month + 1);
                return Err(broken_row(&path, last, reason));
            }
        }
        Ok(countries)
    })
    .await
}

fn good_market(row: &MarketRow) -> Result<(), String> {
    if !(1..=MONTHS).contains(&row.month) {
        let month = row.month;
        return Err(format!(
            "field `month`: {month} is not within 1 to {MONTHS}"
        ));
    }
    if row.spend_thousand_euros == 0 || row.microcents_per_unit < 1 {
        return Err("spend and rate must be above 0".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMOGRAPHICS: &str = "country,region,adults_online_thousands\n";
    const MARKET: &str = "country,month,spend_thousand_euros,microcents_per_unit\n";

    /// What both feeds say, or why not.
    async fn check(file: &str, text: String) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(file), text).unwrap();
        let read = if file == "market.csv" {
            market(folder.path()).await.map(|read| format!("{read:?}"))
        } else {
            demographics(folder.path())
                .await
                .map(|read| format!("{read:?}"))
        };
        read.map_err(|error| {
            error
                .to_string()
                .replace(&format!("{}/", folder.path().display()), "")
        })
    }

    #[tokio::test]
    async fn reads_the_population_of_each_country() {
        let text = format!("{DEMOGRAPHICS}Peru,Americas,24000\nFiji,Asia-Pacific,600\n");
        let read = check("demographics.csv", text).await.unwrap();
        assert!(read.contains("region: AsiaPacific, adults: 600"), "{read}");
        for (rows, error) in [
            (
                "Peru,Americas,1\nPeru,Americas,2\n",
                "line 3: Peru has a row already",
            ),
            ("Peru,Americas,0\n", "line 2: nobody is online"),
            ("Peru,Nowhere,1\n", "line 2: unknown variant `Nowhere`"),
        ] {
            let text = format!("{DEMOGRAPHICS}{rows}");
            let found = check("demographics.csv", text).await.unwrap_err();
            assert!(
                found.starts_with(&format!("`demographics.csv`, {error}")),
                "{found}"
            );
        }
    }

    #[tokio::test]
    async fn reads_the_market_of_each_month() {
        let full = |month| format!("Peru,{month},9,{month}00\n");
        let rows: String = (1..=6).map(full).collect();
        let read = check("market.csv", format!("{MARKET}{rows}"))
            .await
            .unwrap();
        assert!(
            read.contains("rate: [100, 200, 300, 400, 500, 600]"),
            "{read}"
        );
        for (rows, error) in [
            (
                "Peru,7,9,1\n",
                "line 2: field `month`: 7 is not within 1 to 6",
            ),
            ("Peru,1,9,0\n", "line 2: spend and rate must be above 0"),
            (
                "Peru,1,9,1\nPeru,1,9,1\n",
                "line 3: Peru has a row for month 1 already",
            ),
            ("Peru,1,9,1\n", "line 2: Peru has no row for month 2"),
            (
                "Peru,1,9,a\n",
                "line 2: field `microcents_per_unit`: invalid digit",
            ),
        ] {
            let found = check("market.csv", format!("{MARKET}{rows}"))
                .await
                .unwrap_err();
            assert!(
                found.starts_with(&format!("`market.csv`, {error}")),
                "{found}"
            );
        }
    }
}
