package io.headgate.ingest;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Logger;

/** Another driver behind {@code jdbc:watched:}, which notes how many rows it is told to fetch. */
public final class WatchedDriver implements Driver {
  static final List<Integer> FETCHES = new CopyOnWriteArrayList<>();

  @Override
  public Connection connect(String url, Properties info) throws SQLException {
    return watch(
        Connection.class, DriverManager.getConnection(url.replace("jdbc:watched:", "jdbc:"), info));
  }

  private static <T> T watch(Class<T> type, Object target) {
    InvocationHandler handler =
        (_, method, arguments) -> {
          if (method.getName().equals("setFetchSize")) {
            FETCHES.add((Integer) arguments[0]);
          }
          Object result;
          try {
            result = method.invoke(target, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
          return switch (result) {
            case PreparedStatement statement -> watch(PreparedStatement.class, statement);
            case ResultSet rows -> watch(ResultSet.class, rows);
            case null, default -> result;
          };
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith("jdbc:watched:");
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 1;
  }

  @Override
  public int getMinorVersion() {
    return 0;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }
}
