//! What is fetched.

use crate::error::FetchError;

/// A place where the weather is measured.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Station(String);

impl Station {
    /// Reads a list with a name a line.
    pub(crate) fn list(text: &str) -> Result<Vec<Self>, FetchError> {
        let names = text.lines().map(str::trim).filter(|name| !name.is_empty());
        let stations: Vec<_> = names.map(|name| Self(name.to_owned())).collect();
        if stations.is_empty() {
            return Err(FetchError::Garbled("a list of stations without a station"));
        }
        Ok(stations)
    }

    /// Where its readings are.
    pub(crate) fn path(&self) -> String {
        format!("/readings/{}", self.0)
    }
}

/// What a station has measured.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reading {
    /// Where.
    pub(crate) station: String,
    /// What.
    pub(crate) celsius: f64,
    /// Whether it comes from the mirror, which lags behind.
    pub(crate) is_old: bool,
}

impl Reading {
    /// From the server itself.
    pub(crate) fn new(station: &Station, text: &str) -> Result<Self, FetchError> {
        let celsius: f64 = text
            .trim()
            .parse()
            .map_err(|_| FetchError::Garbled("a reading that is not a number"))?;
        Ok(Self {
            station: station.0.clone(),
            celsius,
            is_old: false,
        })
    }

    /// From the mirror.
    pub(crate) fn old(station: &Station, text: &str) -> Result<Self, FetchError> {
        let reading = Self::new(station, text)?;
        Ok(Self {
            is_old: true,
            ..reading
        })
    }
}

/// A bulletin.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Page {
    /// In the order of the stations.
    pub(crate) readings: Vec<Reading>,
    /// How large the map is.
    pub(crate) map_bytes: usize,
    /// None when the office had none to give.
    pub(crate) forecast: Option<String>,
    /// What to look out for.
    pub(crate) warnings: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stations_and_their_readings() {
        let stations = Station::list("harbour\n\n  hill \n").unwrap();
        assert_eq!(stations.len(), 2);
        assert_eq!(stations[1].path(), "/readings/hill");
        let reading = Reading::new(&stations[1], "-3.5\n").unwrap();
        assert_eq!((reading.station.as_str(), reading.celsius), ("hill", -3.5));
        assert!(!reading.is_old);
        assert!(Reading::old(&stations[0], "4").unwrap().is_old);
    }

    #[test]
    fn what_is_garbled_is_refused() {
        let error = Station::list("\n").unwrap_err();
        assert!(!error.is_temporary());
        assert!(error.to_string().contains("without a station"));
        let error = Reading::new(&Station("hill".to_owned()), "warm").unwrap_err();
        assert!(error.to_string().contains("not a number"));
    }
}
