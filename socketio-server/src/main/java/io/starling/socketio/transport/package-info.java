/** How a server is reached: origins, proxies, certificates, compression. Values only. */
@NullMarked
package io.starling.socketio.transport;

import org.jspecify.annotations.NullMarked;
