//! What single applications keep for as long as the exchange lives, each by its own type.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

/// One value of each type that somebody asked for.
#[derive(Default)]
pub struct Kept {
    all: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Kept {
    /// The value of a type, made when it is asked for first.
    pub fn of<T: Any + Default + Send + Sync>(&self) -> Arc<T> {
        let kept = Arc::clone(self.all.lock().entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default())));
        // It stands under its own type, so the other case does not happen.
        kept.downcast().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_has_one_value() {
        let kept = Kept::default();
        *kept.of::<Mutex<u8>>().lock() = 7;
        *kept.of::<Mutex<u16>>().lock() = 0;
        assert_eq!((*kept.of::<Mutex<u8>>().lock(), *kept.of::<Mutex<u16>>().lock()), (7, 0));
    }
}
