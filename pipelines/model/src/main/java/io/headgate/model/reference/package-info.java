/** What people and editors read about the language, made from the records that bind it. */
@NullMarked
package io.headgate.model.reference;

import org.jspecify.annotations.NullMarked;
