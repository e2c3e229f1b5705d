"""What people may ask and do; GraphQL, HTTP, the pages and the command line all call it."""
