//! Facts about the account that asks, in the Region that it asks in. Of each kind there is one, and none is ever absent.

use super::{
    Fact, FactRequest, Facts, Fault, ImageBlockPublicAccess, KeyPairUse, OwnImages, PublicSnapshots,
    SnapshotBlockPublicAccess,
};

/// A fact about the account.
pub trait OfAccount: Clone {
    /// What asks for it.
    const REQUEST: FactRequest;

    #[doc(hidden)]
    fn field(facts: &Facts) -> &Option<Self>;
    #[doc(hidden)]
    fn field_mut(facts: &mut Facts) -> &mut Option<Self>;
}

/// Says where in [`Facts`] each kind stands, and what it is called in their JSON: there, too, stands why it is unavailable.
/// No id and no name of anything else is spelled so.
macro_rules! of_account {
    ($($kind:ident => $field:ident, $key:literal;)*) => {
        $(impl OfAccount for $kind {
            const REQUEST: FactRequest = FactRequest::$kind;

            fn field(facts: &Facts) -> &Option<Self> {
                &facts.$field
            }

            fn field_mut(facts: &mut Facts) -> &mut Option<Self> {
                &mut facts.$field
            }
        })*

        impl FactRequest {
            /// What the answer is filed under, if it is one about the account.
            pub(super) const fn account_key(&self) -> Option<&'static str> {
                match self {
                    $(Self::$kind => Some($key),)*
                    _ => None,
                }
            }
        }

        impl Facts {
            pub(super) fn extend_account(&mut self, other: &mut Self) {
                $(self.$field = other.$field.take().or(self.$field.take());)*
            }

            pub(super) fn copy_account(&mut self, key: &str, other: &Self) {
                match key {
                    $($key => self.$field.clone_from(&other.$field),)*
                    _ => (),
                }
            }

            pub(super) fn has_account(&self, key: &str) -> bool {
                match key {
                    $($key => self.$field.is_some(),)*
                    _ => false,
                }
            }
        }
    };
}

of_account! {
    KeyPairUse => key_pair_use, "keyPairUse";
    OwnImages => own_images, "ownImages";
    PublicSnapshots => public_snapshots, "publicSnapshots";
    ImageBlockPublicAccess => image_block_public_access, "imageBlockPublicAccess";
    SnapshotBlockPublicAccess => snapshot_block_public_access, "snapshotBlockPublicAccess";
}

impl Facts {
    /// What is known of this kind about the account.
    #[must_use]
    pub fn of_account<T: OfAccount>(&self) -> Fact<&T> {
        T::field(self).as_ref().map_or_else(|| self.unknown(T::REQUEST.key(), || T::REQUEST), Fact::Known)
    }

    /// Adds what came of a look-up about the account.
    pub fn set_of_account<T: OfAccount>(&mut self, result: Result<Fact<T>, Fault>) {
        match result {
            Ok(Fact::Known(fact)) => *T::field_mut(self) = Some(fact),
            Ok(Fact::Absent) => (),
            Ok(Fact::Unavailable(why)) => drop(self.unavailable.insert(T::REQUEST.key().to_owned(), why)),
            Err(fault) => self.set_fault(T::REQUEST.key(), fault),
        }
    }
}
