@NullMarked
package io.headgate.stores.objects;

import org.jspecify.annotations.NullMarked;
