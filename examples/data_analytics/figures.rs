//! The figures of a region: what all its rows come to.

use std::collections::HashSet;

use crate::{
    feeds::Region,
    join::Partition,
    warehouse::{Kind, LAST_DAY},
};

/// The weeks of the half-year; the last one has six days.
pub(crate) const WEEKS: usize = LAST_DAY.div_ceil(7) as usize;

/// The figures of one region.
#[derive(Debug)]
pub(crate) struct Figures {
    /// The region.
    pub(crate) region: Region,
    /// Its countries, by name.
    pub(crate) countries: Vec<CountryFigures>,
    /// The revenue of each week, in euro cents.
    pub(crate) weeks: [i64; WEEKS],
}

/// The figures of one country.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CountryFigures {
    /// Its name.
    pub(crate) name: String,
    /// The adults who are online, in thousands.
    pub(crate) adults: u64,
    /// What its market spent, in thousands of euros.
    pub(crate) market: u64,
    /// Those who opened an account.
    pub(crate) joined: u64,
    /// All that was done.
    pub(crate) events: u64,
    /// Those who did anything.
    pub(crate) active: u64,
    /// Those who bought something.
    pub(crate) buyers: u64,
    /// What was put into a cart.
    pub(crate) carts: u64,
    /// What was bought.
    pub(crate) orders: u64,
    /// What that brought in, in euro cents.
    pub(crate) cents: i64,
}

impl Figures {
    /// The figures of all its countries together.
    pub(crate) fn total(&self) -> CountryFigures {
        total(self.region.name(), &self.countries)
    }
}

/// The figures of several countries together. Nobody lives in two of them.
pub(crate) fn total<'a>(
    name: &str,
    countries: impl IntoIterator<Item = &'a CountryFigures>,
) -> CountryFigures {
    let mut total = CountryFigures {
        name: name.to_owned(),
        ..CountryFigures::default()
    };
    for country in countries {
        total.adults += country.adults;
        total.market += country.market;
        total.joined += country.joined;
        total.events += country.events;
        total.active += country.active;
        total.buyers += country.buyers;
        total.carts += country.carts;
        total.orders += country.orders;
        total.cents += country.cents;
    }
    total
}

/// Works the figures of a region out.
pub(crate) fn of(partition: &Partition) -> Figures {
    let mut countries: Vec<_> = partition
        .countries
        .iter()
        .map(|country| CountryFigures {
            name: country.name.clone(),
            adults: country.adults,
            market: country.market,
            joined: country.joined,
            ..CountryFigures::default()
        })
        .collect();
    let mut weeks = [0; WEEKS];
    let mut active = HashSet::new();
    let mut buyers = HashSet::new();
    for action in &partition.actions {
        let country = &mut countries[action.country];
        country.events += 1;
        country.active += u64::from(active.insert(action.user));
        match action.kind {
            Kind::View => {}
            Kind::Cart => country.carts += 1,
            Kind::Buy => {
                country.orders += 1;
                country.buyers += u64::from(buyers.insert(action.user));
                country.cents += action.cents;
                weeks[usize::from(action.day - 1) / 7] += action.cents;
            }
        }
    }
    Figures {
        region: partition.region,
        countries,
        weeks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join::{Action, Country};

    #[test]
    fn counts_people_once_and_money_each_time() {
        let country = |name: &str| Country {
            name: name.to_owned(),
            adults: 10,
            market: 20,
            joined: 1,
        };
        let action = |country, user, day, kind, cents| Action {
            country,
            user,
            day,
            kind,
            cents,
        };
        let figures = of(&Partition {
            region: Region::Europe,
            countries: vec![country("A"), country("B")],
            actions: vec![
                action(0, 1, 1, Kind::View, 0),
                action(0, 1, 7, Kind::Cart, 0),
                action(0, 1, 7, Kind::Buy, 100),
                action(0, 1, 8, Kind::Buy, 250),
                action(0, 2, 181, Kind::View, 0),
                action(1, 3, 181, Kind::Buy, 50),
            ],
        });
        let of_a = &figures.countries[0];
        assert_eq!((of_a.events, of_a.active, of_a.buyers), (5, 2, 1));
        assert_eq!((of_a.carts, of_a.orders, of_a.cents), (1, 2, 350));
        assert_eq!(
            (figures.weeks[0], figures.weeks[1], figures.weeks[25]),
            (100, 250, 50)
        );
        let total = figures.total();
        assert_eq!(
            (total.name.as_str(), total.market, total.cents),
            ("Europe", 40, 400)
        );
    }
}
