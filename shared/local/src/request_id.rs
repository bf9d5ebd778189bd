//! Identifiers in the form of AWS's own request ids.

use std::hash::{BuildHasher, RandomState};

/// A random request id, shaped like a version 4 UUID.
pub(crate) fn request_id() -> String {
    let (high, low) = (random(), random());
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0xfff,
        low & 0xffff_ffff_ffff,
    )
}

/// Sixty-four random bits: the standard library seeds every `RandomState` anew.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_shape_of_a_uuid_and_does_not_repeat() {
        let id = request_id();
        let lengths: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
        assert_ne!(id, request_id());
    }
}
