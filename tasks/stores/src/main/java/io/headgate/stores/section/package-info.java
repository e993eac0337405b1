/** What all stores share: the section of a pipeline in a warehouse, held by one run at a time. */
@NullMarked
package io.headgate.stores.section;

import org.jspecify.annotations.NullMarked;
