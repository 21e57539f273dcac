/** Deployment 3, a worker whose storage is chosen by the disk map alone. */
@NullMarked
package io.diskmap.examples.worker;

import org.jspecify.annotations.NullMarked;
