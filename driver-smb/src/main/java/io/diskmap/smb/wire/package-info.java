/**
 * SMB 2 and 3 over TCP: connections that smbj negotiates and logs in, and many requests at once on
 * them, compounded where they belong together. Internal to the driver.
 */
@NullMarked
package io.diskmap.smb.wire;

import org.jspecify.annotations.NullMarked;
