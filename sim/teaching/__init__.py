"""What a course needs: forecasts before a reveal, checks that hint, markets of students, marks that replay."""
