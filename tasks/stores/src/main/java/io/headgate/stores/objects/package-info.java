/** Files in a folder or an object store, under one set of promises. */
@NullMarked
package io.headgate.stores.objects;

import org.jspecify.annotations.NullMarked;
