use std::collections::BTreeMap;
use std::fmt;

use super::stream::Stream;

/// A cut through the streams of all programs: what lies before it is older, what lies behind it newer.
///
/// A program that it does not name is cut at its very beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cut {
    places: BTreeMap<String, Place>,
}

/// A place in a file that is known by how it begins, as its name changes when it is full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub file: String,
    pub offset: u64,
}

impl Cut {
    pub fn of(streams: &[Stream]) -> Self {
        let place = |stream: &Stream| Some((stream.program().to_owned(), stream.place()?));
        Self { places: streams.iter().filter_map(place).collect() }
    }

    pub fn place(&self, program: &str) -> Option<&Place> {
        self.places.get(program)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let mut places = BTreeMap::new();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let mut parts = part.split(':');
            let (program, file, offset) = (parts.next()?, parts.next()?, parts.next()?);
            let place = Place { file: file.to_owned(), offset: offset.parse().ok()? };
            places.insert(program.to_owned(), place);
        }
        Some(Self { places })
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (program, Place { file, offset })) in self.places.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            write!(f, "{comma}{program}:{file}:{offset}")?;
        }
        Ok(())
    }
}
