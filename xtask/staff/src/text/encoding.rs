//! The encodings in which platforms and spreadsheets write CSV files.

/// An encoding. A file is written in the one in which it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// With or without a byte order mark, which stays in the text.
    Utf8,
    Utf16LittleEndian,
    Utf16BigEndian,
}

impl Encoding {
    /// The text, and its encoding.
    pub fn decode(content: &[u8]) -> Result<(String, Self), String> {
        let (encoding, rest) = match content {
            [0xff, 0xfe, rest @ ..] => (Self::Utf16LittleEndian, rest),
            [0xfe, 0xff, rest @ ..] => (Self::Utf16BigEndian, rest),
            _ => {
                let text = std::str::from_utf8(content).map_err(|_| "it is not UTF-8; save it again as `CSV UTF-8`")?;
                return Ok((text.to_owned(), Self::Utf8));
            }
        };
        let units = rest.chunks(2).map(|unit| match (unit, encoding) {
            ([low, high], Self::Utf16LittleEndian) => u16::from_le_bytes([*low, *high]),
            ([high, low], _) => u16::from_be_bytes([*high, *low]),
            // Half a unit: half of a surrogate pair is as wrong.
            _ => 0xd800,
        });
        let text: Result<String, _> = char::decode_utf16(units).collect();
        Ok((text.map_err(|_| "it is not valid UTF-16; save it again as `CSV UTF-8`")?, encoding))
    }

    pub fn encode(self, text: &str) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf16LittleEndian => units.flat_map(u16::to_le_bytes).collect(),
            Self::Utf16BigEndian => units.flat_map(u16::to_be_bytes).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_in_the_encoding_in_which_it_was_read() {
        let text = "Name,ß 李 🦀\r\n";
        for encoding in [Encoding::Utf8, Encoding::Utf16LittleEndian, Encoding::Utf16BigEndian] {
            assert_eq!(Encoding::decode(&encoding.encode(text)), Ok((text.to_owned(), encoding)));
        }
        let marked = "\u{feff}Name\n";
        assert_eq!(Encoding::decode(marked.as_bytes()), Ok((marked.to_owned(), Encoding::Utf8)));
        assert!(Encoding::decode(b"\xff\xfea").unwrap_err().contains("UTF-16"));
        assert!(Encoding::decode(b"Zo\xeb").unwrap_err().contains("UTF-8"));
    }
}
